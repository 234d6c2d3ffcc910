// A module in Go, with nothing but the standard library: it makes one ConfigMap that is empty by night.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"syscall"
	"time"
)

const maps = "/api/v1/namespaces/default/configmaps"

var (
	started      = time.Now()
	success      = map[string]int{"install": 201, "uninstall": 204, "sleep": 200, "resume": 200}
	oneAtATime   sync.Mutex
	serverOf     = regexp.MustCompile(`server: (\S+)`)
	tokenOf      = regexp.MustCompile(`token: (\S+)`)
	errNoCluster = errors.New("expected workspace_kubeconfig to be mounted, found none")
)

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		log.Fatalf("expected a port in PORT, found %s", port)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", health)
	for verb := range success {
		mux.HandleFunc("POST /"+verb, func(w http.ResponseWriter, r *http.Request) { call(verb, w, r) })
	}
	server := &http.Server{Addr: ":" + port, Handler: mux}
	asked, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- server.ListenAndServe() }()
	select {
	case err := <-ended:
		log.Fatal(err)
	case <-asked.Done():
		limit, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = server.Shutdown(limit)
	}
}

func health(w http.ResponseWriter, _ *http.Request) {
	answer(w, 200, map[string]any{
		"timestamp": time.Now().UTC().Format(time.RFC3339),
		"uptime":    time.Since(started).Seconds(),
		"message":   "Service is running",
		"healthy":   true,
	})
}

func call(verb string, w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Connection", "close")
	body, err := io.ReadAll(r.Body)
	metadata := map[string]any{}
	if err == nil && len(body) > 0 {
		err = json.Unmarshal(body, &metadata)
	}
	if err == nil {
		oneAtATime.Lock()
		err = run(verb, metadata)
		oneAtATime.Unlock()
	}
	switch {
	case err != nil:
		http.Error(w, err.Error(), 400)
	case verb == "uninstall":
		w.WriteHeader(204)
	default:
		answer(w, success[verb], metadata)
	}
}

func answer(w http.ResponseWriter, status int, body map[string]any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func mounted(name string) ([]byte, error) {
	dir := os.Getenv("FORKSPACER_DIR")
	if dir == "" {
		dir = "/forkspacer"
	}
	return os.ReadFile(filepath.Join(dir, name))
}

func run(verb string, metadata map[string]any) error {
	text, err := mounted("config.json")
	if err != nil {
		return err
	}
	config := struct{ Name string }{}
	if err := json.Unmarshal(text, &config); err != nil {
		return err
	}
	if config.Name == "" {
		config.Name = "go-note"
	}
	metadata["configMap"] = config.Name
	data := map[string]any{"note": "awake"}
	switch verb {
	case "install":
		return cluster("POST", maps, map[string]any{"metadata": map[string]any{"name": config.Name}, "data": data}, 409)
	case "uninstall":
		return cluster("DELETE", maps+"/"+config.Name, nil, 404)
	case "sleep":
		data["note"] = ""
	}
	return cluster("PATCH", maps+"/"+config.Name, map[string]any{"data": data}, 0)
}

func cluster(method, path string, body any, allowed int) error {
	kubeconfig, err := mounted("workspace_kubeconfig")
	server, token := serverOf.FindSubmatch(kubeconfig), tokenOf.FindSubmatch(kubeconfig)
	if err != nil || server == nil || token == nil {
		return errNoCluster
	}
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequest(method, string(server[1])+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+string(token[1]))
	request.Header.Set("Content-Type", "application/json")
	if method == "PATCH" {
		request.Header.Set("Content-Type", "application/merge-patch+json")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode >= 300 && response.StatusCode != allowed {
		return fmt.Errorf("%s %s: the cluster answered %d", method, path, response.StatusCode)
	}
	return nil
}
