"""Who lives where: resident records, the guarded directory and its adapters."""
