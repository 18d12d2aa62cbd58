-- What stands with the words, as it is shown (attachment/src/shown.rs): a page that shows words asks nothing more.
alter table contribution add column attached text not null default '';
