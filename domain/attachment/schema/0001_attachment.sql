create table attachment (
    id bigint primary key,
    person bigint not null,
    contribution bigint,
    kind text not null,
    name text not null,
    type text not null,
    size bigint not null,
    hash text not null,
    bytes bigint not null,
    small_hash text not null,
    small_type text not null,
    small_bytes bigint not null,
    width bigint not null,
    height bigint not null,
    alt text not null,
    without_alt boolean not null,
    at bigint not null
);
create index attachment_person on attachment (person, id);
create index attachment_contribution on attachment (contribution, id) where contribution is not null;
create index attachment_waiting on attachment (at) where contribution is null;
create index attachment_hash on attachment (hash);
create index attachment_small on attachment (small_hash);
