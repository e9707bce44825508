-- What becomes of a machine that enrolls again; a company without a row allows it.

create table enrollment_policies (
    company_id integer primary key references companies (id),
    reenrollment text not null,
    constraint enrollment_policies_reenrollment check (reenrollment in ('allow', 'quarantine', 'refuse'))
) strict;
