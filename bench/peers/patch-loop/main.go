// Sets every Deployment of a namespace to a count, 16 at once, and prints the milliseconds: a list and one bare PATCH
// for each, nothing saved, nothing waited for. The floor for whoever parks a namespace.
//
//	patch-loop KUBECONFIG NAMESPACE REPLICAS
package main

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

const width = 16

func main() {
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "patch-loop:", err)
		os.Exit(1)
	}
}

func run(kubeconfig, namespace, replicas string) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	// No client-side rate limit: the server sets the pace.
	config.QPS = -1
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	ctx := context.Background()
	began := time.Now()
	deployments, err := client.AppsV1().Deployments(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	names := make(chan string)
	failures := make(chan error, width)
	body := []byte(`{"spec":{"replicas":` + replicas + `}}`)
	var workers sync.WaitGroup
	for range width {
		workers.Go(func() {
			for name := range names {
				_, err := client.AppsV1().Deployments(namespace).Patch(ctx, name, types.MergePatchType, body, metav1.PatchOptions{})
				if err != nil {
					failures <- err
				}
			}
		})
	}
	go func() {
		for i := range deployments.Items {
			names <- deployments.Items[i].Name
		}
		close(names)
		workers.Wait()
		close(failures)
	}()
	for err := range failures {
		return err
	}
	fmt.Println(time.Since(began).Milliseconds())
	return nil
}
