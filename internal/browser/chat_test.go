package browser_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/mastaba-go/mastaba/internal/browser"
)

// enter logs a user in and opens a room of the chat.
func enter(t *testing.T, url, user, room string) *browser.Browser {
	t.Helper()
	b := browser.New(t, url)
	b.Open("/login")
	b.Fill("user", user)
	b.Fill("password", "open sesame")
	b.Submit("main form button")
	b.Open("/" + room)
	return b
}

// says types a message and sends it with the Enter key.
func says(b *browser.Browser, text string) { b.Press("text", text+"\r") }

// count is an expression that is true if a message was shown that many times.
func count(text string, n int) string {
	return fmt.Sprintf(`[...document.querySelectorAll("#remarks span")].filter(e => e.textContent === %q).length === %d`, text, n)
}

// TestChat: two browsers talk. One loses its network and comes back, the server stops and comes back,
// and no message is missed or shown twice.
func TestChat(t *testing.T) {
	for name, room := range map[string]string{"socket": "lobby", "stream": "lobby?stream"} {
		t.Run(name, func(t *testing.T) { chat(t, name, room) })
	}
}

func chat(t *testing.T, name, room string) {
	program := browser.Build(t, "examples/chat", "CHAT_SECRET=MOxt8BOk1GMq6FGnsTbEu2I4yDGd4pr6gQx1TVx2Q5s=")
	cable := browser.NewCable(t, program.URL)
	alice, bob := enter(t, program.URL, "alice", room), enter(t, cable.URL, "bob", room)
	alice.Wait(`document.getElementById("present").textContent === "alice, bob"`)
	says(alice, "hello <b>bob</b>")
	bob.Wait(count("hello <b>bob</b>", 1))
	alice.Wait(`document.getElementById("text").value === ""`)
	says(bob, "hello alice")
	alice.Wait(count("hello alice", 1))

	for _, width := range []int64{1280, 360} {
		for _, scheme := range []string{"light", "dark"} {
			alice.Look(width, scheme)
			alice.Screenshot(fmt.Sprintf("chat-%s-%d-%s", name, width, scheme))
			if texts := alice.Violations(); len(texts) > 0 {
				t.Errorf("%d %s: axe: %q", width, scheme, texts)
			}
			if alice.Overflow() > 0 {
				t.Errorf("%d: the page is wider than the window", width)
			}
		}
	}
	markup := browser.NewMarkup(t)
	markup.Add(t, "lobby", alice.Source())
	if texts := markup.Check(t); len(texts) > 0 {
		t.Errorf("markup: %q", texts)
	}

	cable.Cut()
	bob.Wait(`document.getElementById("state").textContent !== ""`)
	says(alice, "are you there?")
	alice.Wait(count("are you there?", 1))
	cable.Mend()
	bob.Wait(count("are you there?", 1) + ` && document.getElementById("state").textContent === ""`)
	bob.Wait(count("hello alice", 1))

	program.Stop()
	for _, b := range []*browser.Browser{alice, bob} {
		b.Wait(`document.getElementById("state").textContent !== ""`)
	}
	program.Start()
	for _, b := range []*browser.Browser{alice, bob} {
		b.Wait(`document.getElementById("state").textContent === "" && document.getElementById("present").textContent === "alice, bob"`)
	}
	says(bob, "the new server")
	alice.Wait(count("the new server", 1))
}

// TestChatOfTwoServers: users of two processes, which NATS connects, talk to each other. When one
// process ends, its user goes on at the other, and misses nothing.
func TestChatOfTwoServers(t *testing.T) {
	nats := os.Getenv("NATS_URL")
	if nats == "" {
		t.Skip("NATS_URL is not set")
	}
	env := []string{"CHAT_SECRET=MOxt8BOk1GMq6FGnsTbEu2I4yDGd4pr6gQx1TVx2Q5s=", "CHAT_NATS_URL=" + nats}
	one, two := browser.Build(t, "examples/chat", env...), browser.Build(t, "examples/chat", env...)
	cable := browser.NewCable(t, two.URL)
	alice, bob := enter(t, one.URL, "alice", "crew"), enter(t, cable.URL, "bob", "crew")
	alice.Wait(`document.getElementById("present").textContent === "alice, bob"`)
	says(alice, "from the first")
	bob.Wait(count("from the first", 1))
	says(bob, "from the second")
	alice.Wait(count("from the second", 1))

	cable.Cut()
	bob.Wait(`document.getElementById("state").textContent !== ""`)
	says(alice, "meanwhile")
	alice.Wait(count("meanwhile", 1))
	two.Stop()
	cable.Lead(one.URL)
	cable.Mend()
	bob.Wait(count("meanwhile", 1))
	bob.Wait(count("from the first", 1))
	bob.Wait(`document.getElementById("present").textContent === "alice, bob"`)
}
