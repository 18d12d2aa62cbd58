create table trail (
    id bigint primary key,
    title text not null,
    author bigint,
    community bigint,
    at bigint not null
);
create index trail_author on trail (author, at);
