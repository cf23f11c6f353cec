with

declared (mart, n_checks, n_columns, n_described) as (

    values
    {{ mart_check_rows() }}

)

select
    cast(mart as varchar) as mart,
    cast(n_checks as integer) as n_checks,
    cast(n_columns as integer) as n_columns,
    cast(n_described as integer) as n_described
from declared
where mart is not null
