"""Policy trackers that come as a table: one reader, a mapping file per tracker."""
