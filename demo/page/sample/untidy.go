package   queue
import ("errors"
"sync")

// Queue holds what waits.
type Queue[T any] struct { mu sync.Mutex
  items []T; Limit int   // 0 is none
}
var ErrFull=errors.New( "queue: full" )

func (q *Queue[T]) Push(item T) error {
q.mu.Lock();defer q.mu.Unlock()
    if q.Limit>0&&len(q.items)>=q.Limit {return ErrFull}
  q.items=append(q.items,item); return nil }
func New[T any](limit int)*Queue[T]{return &Queue[T]{Limit:limit}}
