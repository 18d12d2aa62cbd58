-- How somebody came to a hat: offered, named or taken_up; and the words that came with it, for its wearer alone.
alter table hat add column way text not null default 'offered';
alter table hat add column note text not null default '';
-- A term: months as agreed (0 is none), when it ends, when its wearer last went on, when it called for somebody.
alter table hat add column months bigint not null default 0;
alter table hat add column until bigint;
alter table hat add column renewed_at bigint;
alter table hat add column called_at bigint;
-- Handing over: the hat that this one follows, since when its next wearer shadows, and what its wearer tells whoever comes next.
alter table hat add column follows bigint;
alter table hat add column shadowing_at bigint;
alter table hat add column told text not null default '';
-- A steward who took it off.
alter table hat add column ended_by bigint;
create unique index hat_successor on hat (follows) where accepted_at is null and ended_at is null;
create index hat_follows on hat (follows);
create index hat_until on hat (until) where ended_at is null;
create index hat_history on hat (community, ended_at, id);
create index hat_offered_by on hat (offered_by, ended_at);
