"""The machinery behind `make`: install, run, stop. No part of the product imports it."""
