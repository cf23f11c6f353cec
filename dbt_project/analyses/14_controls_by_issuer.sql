-- How many restrictive clauses has each issuer in force, and how many of them on goods?
select
    issuer,
    count(*) as n_clauses,
    count(*) filter (where controlled_kind = 'goods') as n_on_goods,
    min(in_force_since) as oldest,
    max(in_force_since) as newest
from analysis.controls_in_force
group by issuer
order by n_clauses desc, issuer
