-- What of an archive became what here, by the archive's own ids: so a second import adds only what is new.
create table brought (
    origin text not null,
    kind text not null,
    source text not null,
    thing bigint not null,
    primary key (origin, kind, source)
);
create index brought_thing on brought (thing);

-- An address that an archive gave for a voice. It proves a claim, and is shown to nobody.
create table voice_address (
    voice bigint not null,
    address text not null,
    primary key (voice, address)
);
create index voice_address_address on voice_address (address);
