-- What of an archive became what here, by the archive's own ids: so a second import adds only what is new.
create table brought (
    origin text not null,
    kind text not null,
    source text not null,
    thing bigint not null,
    primary key (source, kind, origin)
);
create index brought_thing on brought (thing);

-- An address that an archive gave for a voice. It proves a claim, and is shown to nobody.
create table voice_address (
    voice bigint not null,
    address text not null,
    primary key (voice, address)
);
create index voice_address_address on voice_address (address);

-- Who took part where it was brought from. A record of the past: it gives no right, and no act reads it.
create table past_membership (
    community bigint not null,
    voice bigint not null,
    began_at bigint not null,
    ended_at bigint,
    primary key (community, voice, began_at)
);

-- Where something that was brought in stood before: old links lead there.
create index contribution_link on contribution (link) where link <> '';
