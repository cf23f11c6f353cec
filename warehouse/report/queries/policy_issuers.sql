-- Restrictive clauses in force by issuer and kind.
select
    issuer as label,
    count(*) as n_clauses,
    count(*) filter (where controlled_kind = 'goods') as n_on_goods,
    count(*) filter (where controlled_kind = 'entity') as n_on_entities,
    min(in_force_since) as oldest_date,
    max(in_force_since) as newest_date
from analysis.controls_in_force
group by issuer
order by n_clauses desc, issuer
