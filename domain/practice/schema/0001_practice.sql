create table practice (
    id bigint primary key,
    community bigint not null,
    kind text not null,
    title text not null,
    use_when text not null,
    words text not null,
    html text not null,
    render_version bigint not null,
    audience text not null,
    state text not null,
    state_why text not null,
    author bigint not null,
    voice boolean not null,
    version bigint not null,
    at bigint not null,
    edited_at bigint not null,
    -- Somebody said last that it is still true, and when it should be asked again.
    verified_at bigint not null,
    verified_by bigint,
    review_months bigint not null,
    due_at bigint not null,
    forked_from bigint,
    forked_version bigint,
    attached text not null,
    origin text not null,
    withdrawn_at bigint
);
create index practice_community on practice (community, edited_at, id);
create index practice_due on practice (community, due_at, id);
create index practice_of_kind on practice (community, kind, edited_at, id);
create index practice_in_state on practice (community, state, edited_at, id);
create index practice_author on practice (author, at, id);
create index practice_forked on practice (forked_from) where forked_from is not null;
create index practice_verified_by on practice (verified_by) where verified_by is not null;

create table practice_revision (
    practice bigint not null,
    version bigint not null,
    title text not null,
    use_when text not null,
    words text not null,
    reason text not null,
    author bigint not null,
    voice boolean not null,
    at bigint not null,
    primary key (practice, version)
);
create index practice_revision_author on practice_revision (author, practice);

-- What a practice rests on: something said here, another practice, or a page outside with the words that are meant.
create table practice_source (
    practice bigint not null,
    n bigint not null,
    kind text not null,
    thing bigint,
    root bigint,
    link text not null,
    title text not null,
    author text not null,
    dated text not null,
    words text not null,
    person bigint not null,
    at bigint not null,
    primary key (practice, n)
);
create index practice_source_thing on practice_source (thing) where thing is not null;
create index practice_source_root on practice_source (root) where root is not null;
create index practice_source_person on practice_source (person);

-- A change to a practice that somebody offers; its conversation is a contribution like any other.
create table proposal (
    conversation bigint primary key,
    practice bigint not null,
    base bigint not null,
    title text not null,
    use_when text not null,
    words text not null,
    author bigint not null,
    answer text not null,
    answered_by bigint,
    answered_at bigint,
    at bigint not null
);
create index proposal_practice on proposal (practice, answer, at);
create index proposal_author on proposal (author);

create table adoption (
    practice bigint not null,
    person bigint not null,
    how text not null,
    why text not null,
    setting text not null,
    -- When "will try" was asked after; 0 while nobody has been asked.
    asked_at bigint not null,
    at bigint not null,
    primary key (practice, person)
);
create index adoption_person on adoption (person, at);
create index adoption_practice on adoption (practice, at, person);

-- Each state that a practice was in, with its reason.
create table practice_turn (
    practice bigint not null,
    state text not null,
    why text not null,
    person bigint not null,
    at bigint not null,
    primary key (practice, at, state)
);
create index practice_turn_person on practice_turn (person);

-- Kinds of practice that a community adds.
create table practice_kind (
    community bigint not null,
    slug text not null,
    word text not null,
    at bigint not null,
    primary key (community, slug)
);
