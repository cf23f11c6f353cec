-- One row per column of a mart, in the order of the mart.
select
    mart,
    grain,
    question,
    sources,
    column_position,
    column_name,
    data_type,
    unit,
    description,
    null_meaning
from marts.data_dictionary
order by mart, column_position
