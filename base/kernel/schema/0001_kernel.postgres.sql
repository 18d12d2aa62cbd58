-- On PostgreSQL, positions are stamped after commit (see journal.rs); the transaction id gives them a causal order.
alter table journal alter column txid set default (pg_current_xact_id()::text::bigint);
create index journal_unstamped on journal (txid, id) where position is null;
create table journal_head (one bigint primary key, position bigint not null);
insert into journal_head (one, position) values (1, 0);
