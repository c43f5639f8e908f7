package topics_test

import (
	"context"
	"fmt"

	"github.com/mastaba-go/mastaba/traversal/topics"
)

// A client that comes back gets what it missed.
func ExampleHub_Subscribe() {
	ctx := context.Background()
	hub := topics.New(topics.Options{})
	defer hub.Close()

	seen, _ := hub.Publish(ctx, "/rooms/lobby", "said", []byte("hello"))
	_, _ = hub.Publish(ctx, "/rooms/lobby", "said", []byte("is anyone here?"))

	sub, _ := hub.Subscribe("/rooms/lobby", seen)
	defer sub.Close()
	m, _ := sub.Next(ctx)
	fmt.Printf("%s: %s\n", m.Name, m.Data)
	// Output: said: is anyone here?
}

// Who is there, and when that changes.
func ExampleHub_Join() {
	ctx := context.Background()
	hub := topics.New(topics.Options{})
	defer hub.Close()
	sub, _ := hub.Subscribe("/rooms/lobby", "")
	defer sub.Close()

	leave, _ := hub.Join(ctx, "/rooms/lobby", "ann")
	m, _ := sub.Next(ctx)
	fmt.Println(m.Kind, hub.Present("/rooms/lobby"))
	leave()
	m, _ = sub.Next(ctx)
	fmt.Println(m.Kind, hub.Present("/rooms/lobby"))
	// Output:
	// presence [ann]
	// presence []
}
