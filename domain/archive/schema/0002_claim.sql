-- That remembered words are somebody's own: asked by them or offered by a steward, and settled by both.
create table claim (
    id bigint primary key,
    voice bigint not null,
    person bigint not null,
    state text not null,
    offered boolean not null,
    -- What the person says to the stewards.
    words text not null,
    -- Who offered, vouched, declined or took the word back; 0 for nobody yet.
    steward bigint not null,
    -- The steward's word on it.
    reason text not null,
    at bigint not null,
    decided_at bigint
);
create unique index claim_claimed on claim (voice) where state = 'claimed';
create unique index claim_open on claim (voice, person) where state in ('asked', 'offered');
create index claim_person on claim (person, id);
create index claim_voice on claim (voice, id);
create index claim_steward on claim (steward);

-- The communities whose stewards were asked: where the voice spoke.
create table claim_place (
    claim bigint not null,
    community bigint not null,
    primary key (claim, community)
);
