create table membership (
    id bigint primary key,
    community bigint not null,
    person bigint not null,
    consent bigint not null,
    began_at bigint not null,
    ended_at bigint,
    why text not null,
    wanted text not null,
    presence text not null,
    away_until bigint,
    shown text not null
);
create unique index membership_live on membership (community, person) where ended_at is null;
create index membership_person on membership (person, ended_at);
create index membership_community on membership (community, began_at, id);

create table invitation (
    id bigint primary key,
    community bigint not null,
    inviter bigint not null,
    invitee bigint,
    secret text,
    note text not null,
    created_at bigint not null,
    expires_at bigint not null,
    ended_at bigint
);
create unique index invitation_secret on invitation (secret);
create index invitation_invitee on invitation (invitee, ended_at);
create index invitation_inviter on invitation (inviter, community, ended_at);

create table knock (
    id bigint primary key,
    community bigint not null,
    person bigint not null,
    words text not null,
    at bigint not null,
    opened_by bigint,
    opened_at bigint,
    ended_at bigint
);
create unique index knock_live on knock (community, person) where ended_at is null;
create index knock_person on knock (person, ended_at);

create table suspension (
    id bigint primary key,
    community bigint not null,
    person bigint not null,
    by_person bigint not null,
    reason text not null,
    began_at bigint not null,
    until bigint not null,
    lifted_at bigint
);
create unique index suspension_live on suspension (community, person) where lifted_at is null;
create index suspension_until on suspension (lifted_at, until);
create index suspension_person on suspension (person);

create table hat (
    id bigint primary key,
    community bigint not null,
    person bigint not null,
    name text not null,
    offered_by bigint not null,
    offered_at bigint not null,
    accepted_at bigint,
    ended_at bigint
);
create unique index hat_live on hat (community, person, name) where ended_at is null;
create index hat_person on hat (person, ended_at);
