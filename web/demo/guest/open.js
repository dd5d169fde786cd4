// To the demo's page, which keeps the code out of the address from then on.

location.replace(`../?as=guest${location.hash}`)
