create table person (
    id bigint primary key,
    handle text not null,
    name text not null,
    practice text not null,
    organisation text not null,
    mail text not null,
    zone text not null,
    language text not null,
    theme text not null,
    shown text not null,
    operator boolean not null,
    version bigint not null,
    created_at bigint not null,
    left_at bigint
);
create unique index person_handle on person (handle);

create table handle_taken (
    handle text primary key not null
);

create table credential (
    person bigint not null,
    kind text not null,
    secret text not null,
    changed_at bigint not null,
    primary key (person, kind)
);

create table session (
    id bigint primary key,
    secret text not null,
    person bigint not null,
    agent text not null,
    created_at bigint not null,
    seen_at bigint not null,
    ended_at bigint
);
create unique index session_secret on session (secret);
create index session_person on session (person, ended_at);

create table token (
    id bigint primary key,
    secret text not null,
    person bigint not null,
    label text not null,
    scopes text not null,
    created_at bigint not null,
    ended_at bigint
);
create unique index token_secret on token (secret);
create index token_person on token (person, ended_at);

create table one_time_link (
    secret text primary key not null,
    purpose text not null,
    person bigint,
    expires_at bigint not null,
    uses bigint not null
);

create table link_use (
    secret text not null,
    person bigint not null,
    primary key (secret, person)
);
create index link_use_person on link_use (person);

create table setting (
    name text primary key not null,
    value text not null
);

create table voice (
    id bigint primary key,
    name text not null,
    origin text not null,
    link text not null
);
create index voice_origin on voice (origin, name);
