create table silence (
    person bigint not null,
    other bigint not null,
    kind text not null,
    at bigint not null,
    primary key (person, other)
);
create index silence_other on silence (other, person);
