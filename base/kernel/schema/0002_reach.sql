create table reach (
    thing bigint not null,
    audience bigint not null,
    primary key (thing, audience)
);
create index reach_audience on reach (audience, thing);

create table grants (
    person bigint not null,
    audience bigint not null,
    primary key (person, audience)
);
create index grants_audience on grants (audience, person);
