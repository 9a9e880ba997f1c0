// Go's os/exec, without any daemon: `loop NAME COUNT COMMAND...` prints "NAME NANOSECONDS" for each run.
package main

import (
	"fmt"
	"log"
	"os"
	"os/exec"
	"strconv"
	"time"
)

func main() {
	name, command := os.Args[1], os.Args[3:]
	count, err := strconv.Atoi(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	for ; count > 0; count-- {
		start := time.Now()
		if err := exec.Command(command[0], command[1:]...).Run(); err != nil {
			log.Fatal(err)
		}
		fmt.Println(name, time.Since(start).Nanoseconds())
	}
}
