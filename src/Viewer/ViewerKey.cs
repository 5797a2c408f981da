namespace RealtimeVision.Viewer;

/// <summary>Keys that the viewer knows, by what is printed on them.</summary>
public enum ViewerKey
{
    /// <summary>Key 1.</summary>
    D1,

    /// <summary>Key 2.</summary>
    D2,

    /// <summary>Key 3.</summary>
    D3,

    /// <summary>Key 4.</summary>
    D4,

    /// <summary>Key 5.</summary>
    D5,

    /// <summary>Key 6.</summary>
    D6,

    /// <summary>Key 7.</summary>
    D7,

    /// <summary>Key 8.</summary>
    D8,

    /// <summary>Key 9.</summary>
    D9,

    /// <summary>Plus, also on the number pad, and the unshifted key of plus on US keyboards.</summary>
    Plus,

    /// <summary>Minus, also on the number pad.</summary>
    Minus,

    /// <summary>Opening square bracket.</summary>
    OpenBracket,

    /// <summary>Closing square bracket.</summary>
    CloseBracket,

    /// <summary>Arrow up.</summary>
    Up,

    /// <summary>Arrow down.</summary>
    Down,

    /// <summary>Arrow left.</summary>
    Left,

    /// <summary>Arrow right.</summary>
    Right,

    /// <summary>Space bar.</summary>
    Space,

    /// <summary>Escape.</summary>
    Escape,

    /// <summary>Enter, also on the number pad.</summary>
    Enter,

    /// <summary>Tabulator.</summary>
    Tab,

    /// <summary>Letter A.</summary>
    A,

    /// <summary>Letter B.</summary>
    B,

    /// <summary>Letter C.</summary>
    C,

    /// <summary>Letter D.</summary>
    D,

    /// <summary>Letter E.</summary>
    E,

    /// <summary>Letter F.</summary>
    F,

    /// <summary>Letter G.</summary>
    G,

    /// <summary>Letter H.</summary>
    H,

    /// <summary>Letter I.</summary>
    I,

    /// <summary>Letter K.</summary>
    K,

    /// <summary>Letter L.</summary>
    L,

    /// <summary>Letter M.</summary>
    M,

    /// <summary>Letter N.</summary>
    N,

    /// <summary>Letter O.</summary>
    O,

    /// <summary>Letter P.</summary>
    P,

    /// <summary>Letter Q.</summary>
    Q,

    /// <summary>Letter R.</summary>
    R,

    /// <summary>Letter S.</summary>
    S,

    /// <summary>Letter T.</summary>
    T,

    /// <summary>Letter U.</summary>
    U,

    /// <summary>Letter V.</summary>
    V,

    /// <summary>Letter W.</summary>
    W,

    /// <summary>Letter X.</summary>
    X,

    /// <summary>Letter Y.</summary>
    Y,

    /// <summary>Letter Z.</summary>
    Z,
}
