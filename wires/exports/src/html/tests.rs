use super::{to_markdown, to_markdown_from};

/// What a reader of Tacit would see, as plain HTML.
fn shown(html: &str) -> String {
    render(&to_markdown(html))
}

fn render(markdown: &str) -> String {
    let mut options = comrak::Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    options.parse.ignore_setext = true;
    comrak::markdown_to_html(markdown, &options)
        .trim()
        .to_owned()
}

/// HTML that comes back as it went.
fn stays(html: &str) {
    assert_eq!(
        shown(html).replace('\n', ""),
        html.replace('\n', ""),
        "by way of\n{}",
        to_markdown(html)
    );
}

#[test]
fn what_people_write_comes_back_as_it_was() {
    for html in [
        "<p>One.</p><p>Two <em>and</em> <strong>three</strong> and <del>four</del>.</p>",
        "<h2>Head</h2><p>a<br />b</p>",
        "<ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li><li>d</li></ul>",
        "<ol start=\"3\"><li>a</li><li>b</li></ol><ol><li>c</li></ol>",
        "<ul><li>a</li></ul><ul><li>b</li></ul>",
        "<ul><li><p>a</p><p>b</p></li><li><p>c</p></li></ul>",
        "<ul><li>a<pre><code class=\"language-rust\">fn x() {}\n\n  1\n</code></pre></li></ul>",
        "<blockquote><p>a</p><blockquote><p>b</p></blockquote><ul><li>c</li></ul></blockquote>",
        "<p><a href=\"https://example.org/a_b_(c)?x=1&amp;copy;=2\">x ] y</a></p>",
        "<p><a href=\"https://example.org/a_b\">https://example.org/a_b</a></p>",
        "<p><img src=\"https://example.org/p.png\" alt=\"a [picture]\" /></p>",
        "<p><a href=\"https://example.org\"><img src=\"https://example.org/p.png\" alt=\"a\" /></a></p>",
        "<p>Try <code>a`b</code> and <code>`</code> and <code>x|y</code></p>",
        "<pre><code>a\n```\n\tb &lt;c&gt;\n</code></pre>",
        "<p>a</p><hr /><p>b</p>",
        "<p><strong>a <em>b</em></strong> <em><strong>c</strong></em></p>",
    ] {
        stays(html);
    }
}

#[test]
fn no_word_turns_into_a_mark() {
    for words in [
        "# no heading",
        "1. no list",
        "2) no list",
        "- no list",
        "+ no list",
        "&gt; no quote",
        "*no* _no_ **no** ~~no~~",
        "`no code`",
        "[no](link)",
        "![no](picture)",
        "a &lt;b&gt; c",
        "&amp;amp; &amp;copy;",
        "--- | ---",
        "===",
        "snake_case_word and _this_",
        "C:\\*x",
        "a|b",
        "| a | b |",
        "\\left \\lvert \\psi_{1} \\right \\{ \\* \\",
        "$a_1 + b_1*c*d$",
        "\\(x\\)",
        "[ ] no task",
        ":--|",
        "~~~",
        "www is 3 &lt; 4",
    ] {
        stays(&format!("<p>{words}</p>"));
    }
}

#[test]
fn an_address_in_plain_words_stays_whole() {
    for (words, target) in [
        (
            "see https://example.org/a_b_c/*x* now",
            "https://example.org/a_b_c/*x",
        ),
        ("(https://example.org/a_(b)).", "https://example.org/a_(b)"),
        ("https://example.org/x_y.", "https://example.org/x_y"),
    ] {
        let html = shown(&format!("<p>{words}</p>"));
        assert!(html.contains(&format!("href=\"{target}\"")), "{html}");
    }
}

#[test]
fn emphasis_that_markdown_cannot_hold_there_leaves_its_words() {
    assert_eq!(shown("<p><b>(a)</b>b</p>"), "<p>(a)b</p>");
    assert_eq!(
        shown("<p>x<b> a </b>y</p>"),
        "<p>x <strong>a</strong> y</p>"
    );
    assert_eq!(
        shown("<p><b>a</b><b>b</b></p>"),
        "<p><strong>a</strong>b</p>"
    );
    assert_eq!(
        shown("<p><b></b>c<i><i>d</i></i></p>"),
        "<p>c<em>d</em></p>"
    );
}

#[test]
fn nobody_here_is_addressed() {
    for html in [
        "<p>Hi <a class=\"mention\" href=\"/u/ann\">@ann</a></p>",
        "<p>Hi <span class=\"user-mention silent\" data-user-id=\"3\">@_ann</span></p>",
        "<p>Hi @ann</p>",
        "<p>Hi @<b>ann</b></p>",
        "<p>Hi @<span>a</span>nn</p>",
    ] {
        let markdown = to_markdown(html);
        assert!(
            !markdown.contains("@a") && markdown.contains("Hi"),
            "{markdown}"
        );
    }
    assert_eq!(to_markdown("<p>a@example.org</p>"), "a@example.org");
}

#[test]
fn code_keeps_its_language() {
    let zulip = "<div class=\"codehilite\" data-code-language=\"Rust\"><pre><span></span><code><span class=\"kd\">let</span> <span>x</span>;\n</code></pre></div>";
    assert_eq!(to_markdown(zulip), "```rust\nlet x;\n```");
    assert_eq!(
        to_markdown("<pre><code class=\"lang-auto\">x\n</code></pre>"),
        "```\nx\n```"
    );
    assert_eq!(
        to_markdown("<pre class=\"lang-py prettyprint-override\"><code>x\n</code></pre>"),
        "```py\nx\n```"
    );
}

#[test]
fn a_forum_s_own_boxes_become_what_they_mean() {
    let quote = "<aside class=\"quote no-group\" data-username=\"ann\" data-post=\"2\" data-topic=\"7\"><div class=\"title\"><div class=\"quote-controls\"></div>\
        <img class=\"avatar\" src=\"https://example.org/a.png\"> ann:</div><blockquote><p>So it is.</p></blockquote></aside><p>No.</p>";
    assert_eq!(to_markdown(quote), "> **ann:**\n>\n> So it is.\n\nNo.");
    let onebox = "<aside class=\"onebox githubblob\" data-onebox-src=\"https://example.org/x\"><header class=\"source\"><a href=\"https://example.org/x\">example.org</a></header>\
        <article><h4><a href=\"https://example.org/x\">The title</a></h4><pre><code>lots</code></pre></article></aside>";
    assert_eq!(to_markdown(onebox), "[The title](https://example.org/x)");
    let box_of_light = "<div class=\"lightbox-wrapper\"><a class=\"lightbox\" href=\"https://example.org/large.png\" title=\"shot\"><img src=\"/small.png\" alt=\"a shot\">\
        <div class=\"meta\"><span class=\"filename\">shot.png</span></div></a></div>";
    assert_eq!(
        to_markdown(box_of_light),
        "![a shot](https://example.org/large.png)"
    );
    assert_eq!(
        to_markdown("<details><summary>More</summary><p>of it</p></details>"),
        "**More**\n\nof it"
    );
}

#[test]
fn emoji_become_their_character_or_their_name() {
    let smile = "<img src=\"https://x.org/images/emoji/apple/smile.png?v=9\" title=\":smile:\" class=\"emoji\" alt=\":smile:\">";
    assert_eq!(to_markdown(smile), "😄");
    assert_eq!(
        to_markdown("<img class=\"emoji\" alt=\":our_own:\" src=\"/x.png\">"),
        ":our_own:"
    );
    assert_eq!(
        to_markdown(
            "<span aria-label=\"tada\" class=\"emoji emoji-1f389\" role=\"img\">:tada:</span>"
        ),
        "🎉"
    );
}

#[test]
fn formulas_keep_their_dollars() {
    let zulip = "<p>so <span class=\"katex\"><span class=\"katex-mathml\"><math><semantics><mrow></mrow><annotation encoding=\"application/x-tex\">x_1</annotation></semantics></math></span><span class=\"katex-html\">x1</span></span></p>";
    assert_eq!(shown(zulip), "<p>so $x_1$</p>");
    assert_eq!(
        shown("<p><span class=\"math-container\">$|\\psi\\rangle_1 * b_*$</span></p>"),
        "<p>$|\\psi\\rangle_1 * b_*$</p>"
    );
}

#[test]
fn what_shows_nothing_vanishes() {
    let html = "<script>alert(1)</script><style>p{}</style><p>a<img src=\"https://t.org/p.gif\" width=\"1\" height=\"1\"></p>\
        <div style=\"display: none\">b</div><svg><path/></svg><!-- c --><a class=\"anchor\" href=\"#x\"></a>";
    assert_eq!(to_markdown(html), "a");
}

#[test]
fn links_lead_out_or_nowhere() {
    assert_eq!(
        to_markdown("<a href=\"javascript:x()\">a</a> <a href=\"/b\">b</a>"),
        "a b"
    );
    assert_eq!(
        to_markdown_from("<a href=\"/b\">b</a>", "https://x.org/t/3"),
        "[b](https://x.org/b)"
    );
    assert_eq!(
        to_markdown("<a href=\"//x.org/b\">b</a>!<a href=\"http://y\">c</a>"),
        "[b](https://x.org/b)\\![c](http://y)"
    );
}

#[test]
fn a_table_of_lines_stays_one_and_a_table_of_a_page_falls_apart() {
    let table = "<table><thead><tr><th>a</th><th>b|c</th></tr></thead><tbody><tr><td><code>x|y</code></td><td><p>1</p><p>2</p></td></tr></tbody></table>";
    assert_eq!(
        to_markdown(table),
        "| a | b\\|c |\n| --- | --- |\n| `x\\|y` | 1 2 |"
    );
    let page = "<table><tr><td><table><tr><td><p>a</p></td></tr></table></td><td><ul><li>b</li></ul></td></tr></table>";
    assert_eq!(to_markdown(page), "a\n\n- b");
}

#[test]
fn tags_that_were_never_closed_end_where_a_browser_ends_them() {
    assert_eq!(
        shown("<p>a<p>b<ul><li>c<li>d</ul>e"),
        "<p>a</p>\n<p>b</p>\n<ul>\n<li>c</li>\n<li>d</li>\n</ul>\n<p>e</p>"
    );
    assert_eq!(to_markdown("</p></div>a</b><i>b"), "a*b*");
    assert_eq!(to_markdown("a < b & c <"), "a \\< b & c \\<");
}

#[test]
fn misery_is_read_in_linear_time() {
    let deep = format!("{}x{}", "<div>".repeat(100_000), "</div>".repeat(100_000));
    assert_eq!(to_markdown(&deep), "x");
    let deep = format!("{}x", "<div>".repeat(90_000));
    assert_eq!(to_markdown(&deep), "x");
    let quotes = to_markdown(&format!("{}x", "<blockquote><ul><li>".repeat(20_000)));
    assert!(quotes.ends_with('x') && quotes.len() < 100);
    for part in [
        "<b>a",
        "<a href=x>",
        "<p><b>",
        "<table><tr><td>",
        "<li>",
        "[",
        "`",
        "**",
        "<i>x</i>",
        "@a",
        "a=b ",
        "&",
        "<svg>",
    ] {
        to_markdown(&part.repeat(100_000 / part.len()));
    }
    to_markdown(&format!("<a {}>x", "k=v ".repeat(100_000)));
    to_markdown(&format!(
        "<table>{}</table>",
        "<tr><td>a<td>b</tr>".repeat(20_000)
    ));
}

#[test]
fn a_quote_of_another_topic_links_there() {
    let html = "<aside class=\"quote\" data-post=\"1\" data-topic=\"5\"><div class=\"title\"><a href=\"https://x.org/t/5\">Five</a> <a class=\"badge-category__wrapper\" href=\"/c\">C</a></div><blockquote>So.</blockquote></aside>";
    assert_eq!(to_markdown(html), "> [Five](https://x.org/t/5)\n>\n> So.");
}
