// Tacit: small comforts. Every page works without this file.
(() => {
	"use strict";
	const root = document.documentElement, lang = root.lang || undefined;
	const all = (selector, within = document) => within.querySelectorAll(selector);
	const on = (name, act) => document.addEventListener(name, act);
	const stored = (act) => { try { return act(localStorage) } catch { return null } };
	const soon = (wait, act) => { let timer; return () => { clearTimeout(timer); timer = setTimeout(act, wait) } };

	// Time: how long ago, with the exact time in the reader's zone on hover.
	const steps = [["year", 31556952], ["month", 2629746], ["week", 604800], ["day", 86400], ["hour", 3600], ["minute", 60]];
	const ago = new Intl.RelativeTimeFormat(lang), now = new Intl.RelativeTimeFormat(lang, { numeric: "auto" }).format(0, "second");
	const exactly = (timeZone) => new Intl.DateTimeFormat(lang, { dateStyle: "full", timeStyle: "short", timeZone });
	let exact;
	try { exact = exactly(root.dataset.zone) } catch { exact = exactly() }
	const tellTime = () => all("time[data-relative]").forEach((time) => {
		const at = new Date(time.dateTime), seconds = (at - Date.now()) / 1000;
		if (isNaN(at)) return;
		const step = steps.find(([, size]) => Math.abs(seconds) >= size);
		time.textContent = step ? ago.format(Math.trunc(seconds / step[1]), step[0]) : now;
		time.title ||= exact.format(at);
	});
	tellTime();
	setInterval(tellTime, 60000);

	// Drafts: words are kept while they are written; on this device when there is no connection.
	const drafts = [...all("textarea[data-draft]")].map((area) => {
		const place = area.dataset.draft, key = "draft:" + place, form = area.form;
		let state = form?.querySelector(".draft-state"), last = area.value, done = false, flight;
		if (!state) {
			state = document.createElement("span");
			state.className = "draft-state";
			state.setAttribute("role", "status");
			area.after(state);
		}
		const tell = (kept) => { state.textContent = (kept ? area.dataset.draftKept : area.dataset.draftLost) || "" };
		const keep = async () => {
			const words = area.value;
			if (done || words === last) return;
			last = words;
			flight?.abort();
			const mine = flight = new AbortController();
			const kept = await fetch("/me/drafts/" + encodeURIComponent(place), {
				method: "PUT", keepalive: true, credentials: "same-origin", signal: mine.signal, body: new URLSearchParams({ words })
			}).then((answer) => answer.ok, () => false);
			if (done || mine !== flight) return;
			if (!kept) last = null;
			stored((s) => kept ? s.removeItem(key) : s.setItem(key, words));
			tell(kept);
		};
		const here = stored((s) => s.getItem(key));
		if (here && !area.value) { area.value = here; last = null; tell(false) }
		area.addEventListener("input", soon(800, keep));
		return { form, keep, stop() { done = true; flight?.abort(); stored((s) => s.removeItem(key)) }, again() { done = false } };
	});
	const keepAll = () => drafts.forEach((draft) => draft.keep());
	addEventListener("pagehide", keepAll);
	addEventListener("online", keepAll);
	on("visibilitychange", () => document.visibilityState === "hidden" && keepAll());

	// Live: a quiet line says that there is more; the reader opens it. A page that is left lets its stream go.
	all(".live[data-live]").forEach((line) => {
		const { live, one, many } = line.dataset;
		let source;
		const listen = () => {
			source = new EventSource(live);
			source.addEventListener("news", (event) => {
				const { n } = JSON.parse(event.data);
				line.hidden = !(n > 0);
				setTimeout(() => { line.querySelector("a").textContent = n === 1 ? one : many.replace("{n}", n.toLocaleString(lang)) }, 60);
			});
			source.addEventListener("gone", () => source.close());
		};
		listen();
		addEventListener("pagehide", () => source.close());
		addEventListener("pageshow", (event) => event.persisted && listen());
	});

	// Answering a passage: select it, and its button joins the acts.
	const label = document.querySelector(".conversation[data-quote-label]")?.dataset.quoteLabel;
	if (label) {
		const button = document.createElement("button");
		button.type = "button";
		button.className = "plain passage";
		button.textContent = label;
		let passage = "";
		const wordsAt = (node) => (node?.nodeType === 1 ? node : node?.parentElement)?.closest(".conversation .words[data-of]");
		on("selectionchange", soon(150, () => {
			const chosen = getSelection(), text = chosen.toString().trim(), words = text && wordsAt(chosen.anchorNode);
			const acts = words && words === wordsAt(chosen.focusNode) && words.closest(".said").querySelector(".acts:has(> .answer)");
			if (acts) {
				passage = [...text].slice(0, 500).join("");
				if (button.parentElement !== acts) acts.append(button);
			} else if (document.activeElement !== button) button.remove();
		}));
		button.addEventListener("pointerdown", (event) => event.preventDefault());
		button.addEventListener("click", () => {
			const answer = button.parentElement.querySelector(".answer"), quote = answer.querySelector("[name=quote]");
			answer.open = true;
			if (quote) {
				quote.closest("details").open = true;
				quote.value = passage;
			}
			answer.querySelector("[name=words]").focus();
			button.remove();
		});
	}

	// Kinds: what one is asked for stands beside the box, and only what the chosen community says is offered.
	all("select[data-prompts]").forEach((kinds) => {
		const place = kinds.form.elements[kinds.dataset.within], prompt = document.querySelector(kinds.dataset.prompts);
		const options = [...kinds.options];
		const ask = () => { prompt.textContent = kinds.selectedOptions[0]?.dataset.prompt ?? "" };
		const offer = () => {
			const chosen = kinds.value, own = options.filter((option) => option.dataset.of === place.value);
			const gone = [...own.map((option) => option.value), ...(place.selectedOptions[0]?.dataset.away ?? "").split(" ")];
			const usual = options.filter((option) => !option.dataset.of && !gone.includes(option.value));
			const order = (option) => options.findIndex((other) => other.value === option.value);
			kinds.replaceChildren(...[...usual, ...own].sort((a, b) => order(a) - order(b)));
			kinds.value = chosen;
			if (kinds.selectedIndex < 0) kinds.selectedIndex = 0;
			ask();
		};
		kinds.addEventListener("change", ask);
		place?.addEventListener("change", offer);
		place ? offer() : ask();
	});

	// Writing: the field grows, and Ctrl or Cmd with Enter says it.
	const grow = (area) => { area.style.height = "auto"; area.style.height = area.scrollHeight + 2 + "px" };
	if (!CSS.supports("field-sizing", "content")) on("input", ({ target }) => target.matches("textarea") && grow(target));
	on("keydown", (event) => {
		const { target } = event;
		if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && target.matches("textarea") && target.form) {
			event.preventDefault();
			target.form.requestSubmit(target.form.querySelector("button:not([type=button])"));
		}
		if (event.key === "Escape") all(".menu[open]").forEach((menu) => { menu.open = false; menu.firstElementChild.focus() });
	});
	on("click", ({ target }) => all(".menu[open]").forEach((menu) => { if (!menu.contains(target)) menu.open = false }));

	// A form may ask first, and is sent once.
	on("submit", (event) => {
		const form = event.target, { confirm: question } = form.dataset;
		if (event.defaultPrevented) return;
		if (question && !confirm(question)) return event.preventDefault();
		if (form.method !== "post") return;
		drafts.forEach((draft) => draft.form === form && draft.stop());
		// After the browser took the data, the pressed button's too.
		setTimeout(() => all("button:enabled", form).forEach((button) => { button.disabled = true; button.dataset.sent = "" }));
	});
	addEventListener("pageshow", () => {
		all("[data-sent]").forEach((button) => { button.disabled = false; delete button.dataset.sent });
		drafts.forEach((draft) => draft.again());
	});

	// Copying.
	on("click", async ({ target }) => {
		const button = target.closest("[data-copy]"), from = button && document.querySelector(button.dataset.copy);
		if (!from) return;
		try { await navigator.clipboard.writeText((from.value ?? from.textContent).trim()) } catch { return getSelection().selectAllChildren(from) }
		const was = button.dataset.was ||= button.textContent;
		button.setAttribute("aria-live", "polite");
		button.textContent = button.dataset.copied || was;
		setTimeout(() => { button.textContent = was }, 2000);
	});
})();
