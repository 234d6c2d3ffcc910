module texttemplate

go 1.26
