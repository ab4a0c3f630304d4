"""The pages: what people see and send in a browser, with scripts or without."""
