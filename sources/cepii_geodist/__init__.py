"""CEPII GeoDist: how far countries lie apart, which share a border, which have no coast."""
