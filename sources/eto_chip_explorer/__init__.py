"""Advanced semiconductor supply chain dataset: inputs, their sequence and who provides them."""
