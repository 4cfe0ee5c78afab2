"""The directory in other people's forms: HSDS as JSON and as tables, and a spreadsheet for people."""
