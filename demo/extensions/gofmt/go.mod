module glovebox.example/gofmt

go 1.26
