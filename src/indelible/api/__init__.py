"""The face that programs see: events in, accounts and receipts out, over HTTP. The same services as the pages."""
