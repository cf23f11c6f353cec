select match_kind, affix, unit
from {{ ref('unit_affixes') }}
