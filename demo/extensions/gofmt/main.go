// Gofmt formats Go source and says what it declares, with the standard library's own parser and printer.
//
// The source comes on stdin and goes formatted to stdout, or with file arguments each file is rewritten in place. With -outline it prints
// what is declared instead, as JSON. Errors go to stderr as file:line:column lines, one a line, and the exit code is 1.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/scanner"
	"go/token"
	"io"
	"os"
)

func main() {
	outline := flag.Bool("outline", false, "print the declarations as JSON")
	flag.Parse()
	if err := run(*outline, flag.Args()); err != nil {
		var list scanner.ErrorList
		if errors.As(err, &list) {
			scanner.PrintError(os.Stderr, list)
		} else {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
}

func run(outline bool, files []string) error {
	if len(files) == 0 {
		source, err := io.ReadAll(os.Stdin)
		if err != nil {
			return err
		}
		return process("stdin.go", source, outline, func(text []byte) error {
			_, err := os.Stdout.Write(text)
			return err
		})
	}
	for _, name := range files {
		source, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		write := func(text []byte) error {
			if bytes.Equal(text, source) {
				return nil
			}
			fmt.Println(name)
			return os.WriteFile(name, text, 0o644)
		}
		if err := process(name, source, outline, write); err != nil {
			return err
		}
	}
	return nil
}

func process(name string, source []byte, outline bool, write func([]byte) error) error {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	if outline {
		return json.NewEncoder(os.Stdout).Encode(declarations(files, file))
	}
	text, err := format.Source(source)
	if err != nil {
		return err
	}
	return write(text)
}

// Declaration is one line of the outline.
type Declaration struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
	Line int    `json:"line"`
}

func declarations(files *token.FileSet, file *ast.File) []Declaration {
	found := []Declaration{{"package", file.Name.Name, files.Position(file.Name.Pos()).Line}}
	add := func(kind string, name *ast.Ident) {
		found = append(found, Declaration{kind, name.Name, files.Position(name.Pos()).Line})
	}
	for _, declaration := range file.Decls {
		switch it := declaration.(type) {
		case *ast.FuncDecl:
			if it.Recv == nil {
				add("func", it.Name)
			} else {
				add("method", it.Name)
			}
		case *ast.GenDecl:
			for _, spec := range it.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					add("type", spec.Name)
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						add(it.Tok.String(), name)
					}
				}
			}
		}
	}
	return found
}
