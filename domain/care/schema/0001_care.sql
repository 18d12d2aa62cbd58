create table steward_act (
    id bigint primary key,
    community bigint not null,
    actor bigint not null,
    what text not null,
    thing bigint not null,
    person bigint not null,
    rule text not null,
    reason text not null,
    target bigint,
    at bigint not null,
    undone_at bigint,
    appeal text not null,
    appeal_words text not null,
    appealed_at bigint,
    judge bigint,
    judge_words text not null,
    judged_at bigint
);
create index steward_act_community on steward_act (community, at, id);
create index steward_act_target on steward_act (target, at, id) where target is not null;
create index steward_act_thing on steward_act (thing, at);
create index steward_act_person on steward_act (person);
create index steward_act_actor on steward_act (actor);

create table report (
    id bigint primary key,
    community bigint,
    thing bigint not null,
    about bigint not null,
    reporter bigint not null,
    words text not null,
    handed text not null,
    at bigint not null,
    answer text not null,
    answer_words text not null,
    answered_by bigint,
    answered_at bigint
);
create index report_community on report (community, at, id);
create index report_reporter on report (reporter);
create index report_about on report (about);
create index report_thing on report (thing, reporter);
