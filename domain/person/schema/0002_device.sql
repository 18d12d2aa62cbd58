-- A program that asks to act as somebody: its code is confirmed or refused in the browser, within ten minutes.
create table device (
    id bigint primary key,
    secret text not null,
    code text not null,
    name text not null,
    scopes text not null,
    network text not null,
    asked_at bigint not null,
    expires_at bigint not null,
    polled_at bigint not null,
    person bigint,
    answer text not null
);
create unique index device_secret on device (secret);
create index device_code on device (code, expires_at);
create index device_person on device (person);
create index device_expires on device (expires_at);
