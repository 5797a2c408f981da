namespace RealtimeVision.Runtime.Data;

/// <summary>
/// The orders of the epochs that batches are being made of. Lent and given back under the loader's
/// lock; memory of an epoch that nobody uses any more is used again.
/// </summary>
internal sealed class EpochOrders(int count, bool shuffle, ulong seed)
{
    private readonly List<Order> _orders = [];

    /// <summary>The order of an epoch, to be given back.</summary>
    public Order Lend(int epoch)
    {
        Order? free = null;
        foreach (Order order in _orders)
        {
            if (order.Epoch == epoch || (!shuffle && order.Epoch >= 0))
            {
                order.Users++;
                return order;
            }

            free = order.Users == 0 ? order : free;
        }

        if (free is null)
        {
            free = new Order(count);
            _orders.Add(free);
        }

        Fill(free, epoch);
        free.Users++;
        return free;
    }

    public static void GiveBack(Order order) => order.Users--;

    private void Fill(Order order, int epoch)
    {
        order.Epoch = epoch;
        for (int i = 0; i < order.Indices.Length; i++)
        {
            order.Indices[i] = i;
        }

        if (shuffle)
        {
            new Philox(seed, RandomStream.Shuffle, 0, epoch).Shuffle(order.Indices.AsSpan());
        }
    }

    public sealed class Order(int count)
    {
        public int Epoch { get; set; } = -1;

        public int Users { get; set; }

        public int[] Indices { get; } = new int[count];
    }
}
