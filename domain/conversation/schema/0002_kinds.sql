create table kind (
    id bigint primary key,
    community bigint not null,
    slug text not null,
    word text not null,
    plural text not null,
    prompt text not null,
    language text not null,
    asks boolean not null,
    ending text not null,
    place bigint not null,
    version bigint not null,
    at bigint not null,
    away_at bigint
);
create unique index kind_slug on kind (community, slug);
create index contribution_kind on contribution (community, kind, at, id) where parent is null;
create index contribution_asks on contribution (community, at, id) where parent is null and asks;

create table ending (
    conversation bigint primary key,
    how text not null,
    words text not null,
    html text not null,
    render_version bigint not null,
    version bigint not null,
    at bigint not null,
    edited_at bigint
);

create table ending_reply (
    conversation bigint not null,
    reply bigint not null,
    primary key (conversation, reply)
);
create index ending_reply_reply on ending_reply (reply);
