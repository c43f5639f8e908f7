package conformance_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/views/web"
)

// The packages web and acl do not know each other, but their principals are the same.
func TestPrincipalsOfWebAndACLAgree(t *testing.T) {
	t.Parallel()
	assert.Equal(t, web.Everyone, acl.Everyone)
	assert.Equal(t, web.Authenticated, acl.Authenticated)
}
