create table change (
    id bigint primary key,
    person bigint not null,
    was text not null,
    now_does text not null,
    why text not null,
    state text not null,
    state_at bigint not null,
    outcome text not null,
    measure text not null,
    outcome_at bigint,
    -- Which part of the community's purpose it served, in its person's words.
    served text not null,
    community bigint,
    audience text not null,
    shared_at bigint,
    -- When its person was asked whether they kept it and put the question aside.
    asked_at bigint,
    version bigint not null,
    at bigint not null,
    edited_at bigint
);
create index change_person on change (person, at, id);
create index change_community on change (community, shared_at, id) where community is not null;

-- What its person said of it since: kept, dropped, trying again.
create table change_turn (
    change bigint not null,
    state text not null,
    at bigint not null,
    primary key (change, at, state)
);

-- Of what was said here only the ids are kept: its words stay where they are, and can be erased there.
create table change_source (
    change bigint not null,
    n bigint not null,
    kind text not null,
    thing bigint,
    root bigint,
    link text not null,
    title text not null,
    words text not null,
    primary key (change, n)
);
create index change_source_root on change_source (root, change) where root is not null;
create index change_source_thing on change_source (thing, change) where thing is not null;

create table attestation (
    change bigint not null,
    person bigint not null,
    words text not null,
    at bigint not null,
    primary key (change, person)
);
create index attestation_person on attestation (person, at);

-- What records are signed with. The secret is made at the first record, and never leaves the instance.
create table record_key (
    id bigint primary key,
    secret text not null,
    public text not null,
    at bigint not null
);
