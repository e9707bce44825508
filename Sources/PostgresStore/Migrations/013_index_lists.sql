-- The list of those that wait or died: few of very many, which the list of all would look for among the delivered ones.
create index notifications_not_delivered on notifications (company_id, state, created_at desc, id) where state <> 'delivered';

-- What is known to be exploited, the list that is asked for most: about one in a hundred.
create index company_vulnerabilities_exploited on company_vulnerabilities (company_id, risk desc, name) where is_affected and exploited;
