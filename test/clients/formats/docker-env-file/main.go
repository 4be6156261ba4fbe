// Prints what docker reads in an env file, as a JSON list of NAME=VALUE.
package main

import (
	"encoding/json"
	"log"
	"os"

	"github.com/docker/cli/pkg/kvfile"
)

func main() {
	lines, err := kvfile.Parse(os.Args[1], os.LookupEnv)
	if err != nil {
		log.Fatal(err)
	}
	json.NewEncoder(os.Stdout).Encode(lines)
}
