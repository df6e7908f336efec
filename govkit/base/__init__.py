"""The common base (共通基盤) of applications: data, identity, audit, pages."""
