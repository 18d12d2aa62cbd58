create table community (
    id bigint primary key,
    slug text not null,
    name text not null,
    domain text not null,
    purpose text not null,
    practice text not null,
    openness text not null,
    stage text not null,
    version bigint not null,
    created_at bigint not null,
    folded text not null
);
create unique index community_slug on community (slug);
create index community_created on community (created_at, id);

create table charter (
    community bigint not null,
    version bigint not null,
    name text not null,
    domain text not null,
    purpose text not null,
    practice text not null,
    openness text not null,
    stage text not null,
    reason text not null,
    by_person bigint not null,
    at bigint not null,
    primary key (community, version)
);
create index charter_by on charter (by_person);
