// A part of a mask where no border is near.
flat in vec4 vColor;
out vec4 fColor; // premultiplied

void main()
{
    fColor = vColor;
}
