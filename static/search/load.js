// load
