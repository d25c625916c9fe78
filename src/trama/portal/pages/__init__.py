"""The pages that editors write: their kinds, the parts they are made of, their addresses, and the texts that ship."""
