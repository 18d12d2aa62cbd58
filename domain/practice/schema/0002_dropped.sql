-- Few drop what they tried; whoever tends it is asked to look.
create index adoption_dropped on adoption (practice) where how = 'dropped';
