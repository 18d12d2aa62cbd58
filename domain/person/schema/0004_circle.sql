create table circle (
    id bigint primary key,
    keeper bigint not null,
    name text not null,
    at bigint not null
);
create unique index circle_keeper on circle (keeper, name);

create table in_circle (
    circle bigint not null,
    person bigint not null,
    at bigint not null,
    primary key (circle, person)
);
create index in_circle_person on in_circle (person);
