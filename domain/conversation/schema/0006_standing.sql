-- How many replies stand in a conversation is counted for each line of a stream: from the index alone.
create index contribution_standing on contribution (root) where parent is not null and withdrawn_at is null and hidden = '' and held = '';

-- Indexes that cannot be taken for one another: what began in a place or by a person, and what was answered there lately.
-- Without good statistics a planner takes either, and one of them walks over all replies to find a few openings.
drop index contribution_alive;
create index contribution_answered on contribution (community, at, root)
    where parent is not null and withdrawn_at is null and hidden = '' and held = '';
drop index contribution_author;
create index contribution_author on contribution (author, id);
create index contribution_began on contribution (author, at, id) where parent is null;
